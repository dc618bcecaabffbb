// Checks each shown record against the signed ledger in the reader's own browser: the record's commitment, its place
// in the tree (RFC 6962) and the checkpoint's Ed25519 signature (C2SP signed-note). Where the browser cannot, the
// badge says that only the server has checked.

const label = new TextEncoder().encode("subscriber-guard/leaf/v1");
const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
const joined = (...parts) => {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));

async function commitmentOf(opening, record) {
  const key = await crypto.subtle.importKey("raw", label, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, joined(opening, record)));
}

/** RFC 9162, section 2.1.3.2. */
async function rootOf(leaf, index, size, hashes) {
  let root = await sha256(Uint8Array.of(0), leaf);
  let node = index;
  let last = size - 1n;
  for (const sibling of hashes) {
    if (last === 0n) return null;
    if ((node & 1n) === 1n || node === last) {
      root = await sha256(Uint8Array.of(1), sibling, root);
      for (; (node & 1n) === 0n && node !== 0n; node >>= 1n) last >>= 1n;
    } else {
      root = await sha256(Uint8Array.of(1), root, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : null;
}

function readProof(text) {
  const split = text.indexOf("\n\n");
  const lines = text.slice(0, split).split("\n");
  if (split < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") return null;
  if (lines[0]?.startsWith("extra ")) lines.shift();
  const index = /^index (\d+)$/.exec(lines.shift() ?? "")?.[1];
  return index === undefined
    ? null
    : { index: BigInt(index), hashes: lines.map(bytesOf), note: text.slice(split + 2) };
}

async function isSigned(note, verifierKey) {
  // The base64 may hold plus signs itself.
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey) ?? [];
  if (encoded === undefined) return false;
  const key = await crypto.subtle.importKey("raw", bytesOf(encoded).slice(1), { name: "Ed25519" }, false, [
    "verify",
  ]);
  const end = note.lastIndexOf("\n\n");
  const text = new TextEncoder().encode(note.slice(0, end + 1));
  for (const line of note.slice(end + 2).split("\n")) {
    const [, signer, signature] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    if (signer !== name) continue;
    const bytes = bytesOf(signature);
    const keyId = [...bytes.slice(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (keyId === id) return crypto.subtle.verify({ name: "Ed25519" }, key, bytes.slice(4), text);
  }
  return false;
}

/** What the page shows has to be what the record says, and the record what the leaf commits to. */
async function isCommitted(shown) {
  if (shown.record === undefined) return true;
  const record = JSON.parse(shown.record);
  if (record.kind !== shown.kind || record.recordedAt !== shown.recordedAt) return false;
  const commitment = await commitmentOf(bytesOf(shown.opening), new TextEncoder().encode(shown.record));
  return equal(commitment, bytesOf(shown.leaf));
}

async function verify(shown, found) {
  const proof = readProof(found.proof);
  if (proof === null || proof.index.toString() !== shown.index) return false;
  if (!(await isCommitted(shown)) || !(await isSigned(proof.note, found.verifierKey))) return false;
  const [origin, size, root] = proof.note.split("\n");
  if (origin !== found.origin || !/^\d+$/.test(size)) return false;
  const computed = await rootOf(bytesOf(shown.leaf), proof.index, BigInt(size), proof.hashes);
  return computed !== null && equal(computed, bytesOf(root));
}

function show(badge, tone, text) {
  badge.className = `badge ${tone}`;
  badge.textContent = text;
}

const results = document.getElementById("results");
for (const link of results?.querySelectorAll("[data-proof]") ?? []) {
  const badge = link.parentElement.querySelector("[data-badge]");
  const say = results.dataset;
  show(badge, "", say.sayChecking);
  try {
    const answer = await fetch(`${link.href}?form=json`, { headers: { Accept: "application/json" } });
    const found = await answer.json();
    try {
      const right = await verify(link.dataset, found);
      show(badge, right ? "good" : "bad", right ? say.sayVerified : say.sayFailed);
    } catch (error) {
      // No WebCrypto (plain HTTP from another machine) or none with Ed25519.
      const cannot = crypto.subtle === undefined || error?.name === "NotSupportedError";
      show(
        badge,
        cannot && found.verified ? "fair" : "bad",
        cannot && found.verified ? say.sayServer : say.sayFailed,
      );
    }
  } catch {
    show(badge, "", "");
  }
}
