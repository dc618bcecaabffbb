/** As much of CycloneDX as is looked at. */
export type Sbom = {
  readonly components: readonly {
    readonly name: string;
    readonly version?: string;
    readonly licenses?: readonly {
      readonly license?: { readonly id?: string; readonly name?: string };
      readonly expression?: string;
    }[];
  }[];
};

/** SPDX ids that ask for attribution at most. */
const allowed: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PostgreSQL",
  "Unlicense",
]);

/** Packages whose package.json names none in SPDX's words; their licence files were read. */
const readByHand: Readonly<Record<string, string>> = {
  "dejavu-fonts-ttf": "Bitstream Vera and Arev fonts' licence: use, change and bundle freely",
  "htmx.org": "0BSD",
  "png-js": "MIT",
};

/** Packages whose licence is not among those allowed and was not read by hand. */
export function licenceFaults(sbom: Sbom): readonly string[] {
  return sbom.components.flatMap(({ name, licenses = [] }) => {
    if (name in readByHand) return [];
    const given = licenses.map((each) => each.expression ?? each.license?.id ?? each.license?.name ?? "");
    if (given.length > 0 && given.every(isAllowed)) return [];
    return [`${name}: ${given.join(", ") || "none named"}`];
  });
}

/** Of "A OR B" one must be allowed, of "A AND B" both; anything more involved has to be read by hand. */
function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, "$1");
  if (/[()]/.test(plain)) return false;
  return plain.split(" OR ").some((choice) => choice.split(" AND ").every((id) => allowed.has(id.trim())));
}
