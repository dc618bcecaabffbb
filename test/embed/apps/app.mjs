import express from "express";
import { createGuard } from "subscriber-guard";
import { createClient } from "subscriber-guard/client";
import { print, run } from "./scenario.cjs";

print(await run({ createGuard, createClient, express }));
