import { embeddedBackend } from "../support/test-service.ts";
import { canaryContract } from "./canary.contract.ts";

canaryContract(embeddedBackend);
