// Run as a process of its own, under a user that may not write to the package.
import { binariesFor } from "../../src/postgres/embedded/binaries.ts";

const [native = "", dataDir = ""] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await binariesFor({ kind: "self" }, native, dataDir)));
