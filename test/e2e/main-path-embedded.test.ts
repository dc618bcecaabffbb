import { embeddedBackend } from "../support/test-service.ts";
import { mainPathContract } from "./main-path.contract.ts";

mainPathContract(embeddedBackend);
