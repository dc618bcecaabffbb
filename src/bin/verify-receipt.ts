import { readFileSync } from "node:fs";
import { parseVerifierKey } from "../ledger/note-key.ts";
import { verifyReceipt } from "../ledger/receipt.ts";

/** `subscriber-guard verify-receipt`: 0 only if the receipt is genuine. Reads the file and asks nobody. */
export function verifyReceiptFile(
  file: string,
  options: { readonly key: string; readonly origin?: string | undefined },
  print: (line: string) => void,
): number {
  const key = parseVerifierKey(options.key);
  if (key === null) throw new Error("--key must be a verifier key (<name>+<id>+<base64>)");
  const result = verifyReceipt(readFileSync(file, "utf8"), key, options.origin ?? key.name);
  if (!result.ok) {
    print(`THE RECEIPT IS NOT GENUINE: ${result.fault}`);
    return 1;
  }
  print(`Record ${result.index} of ${result.origin}, in a tree of ${result.treeSize} records:`);
  print(JSON.stringify(result.record, null, 2));
  print("The receipt is genuine.");
  return 0;
}
