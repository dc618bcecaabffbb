const express = require("express");
const { createGuard } = require("subscriber-guard");
const { createClient } = require("subscriber-guard/client");
const { print, run } = require("./scenario.cjs");

run({ createGuard, createClient, express }).then(print);
