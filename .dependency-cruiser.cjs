// Who may import whom: the layers of ARCHITECTURE.md, kept by machine.
const pure = "^src/(domain|phone|rules|content|ledger)/";
const may = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^src/", pathNot: allowed },
});
const packages = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { dependencyTypes: ["npm", "npm-no-pkg", "npm-optional", "npm-peer", "core"], pathNot: allowed },
});
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    may("domain-imports-nothing", "^src/domain/", "^src/domain/"),
    packages("domain-uses-no-package", "^src/domain/", "^$"),
    may("phone-imports-domain", "^src/phone/", "^src/(domain|phone)/"),
    packages("phone-packages", "^src/phone/", "node_modules/libphonenumber-js"),
    may("rules-import-domain", "^src/rules/", "^src/(domain|phone|rules)/"),
    packages("rules-use-no-package", "^src/rules/", "^$"),
    may("content-imports-domain", "^src/content/", "^src/(domain|content)/"),
    packages("content-packages", "^src/content/", "node_modules/(parse5|tinyld|entities)"),
    may("ledger-imports-domain", "^src/ledger/", "^src/(domain|ledger)/"),
    packages("ledger-packages", "^src/ledger/", "^(node:)?crypto$"),
    may("tabular-imports-domain", "^src/tabular/", "^src/(domain|phone|tabular)/"),
    may("guard-imports-core", "^src/guard/", "^src/(domain|phone|rules|content|ledger|guard)/"),
    packages("guard-uses-no-package", "^src/guard/", "^$"),
    may("adapters-do-not-meet-postgres", "^src/postgres/", "^src/(domain|phone|ledger|guard|postgres)/"),
    may("adapters-do-not-meet-queue", "^src/queue/", "^src/(domain|guard|queue)/"),
    may("adapters-do-not-meet-channels", "^src/channels/", "^src/(domain|phone|guard|channels)/"),
    may("webhooks-import-guard", "^src/webhooks/", "^src/(domain|guard|webhooks)/"),
    packages(
      "webhooks-use-node-alone",
      "^src/webhooks/",
      "^(node:)?(crypto|dns|dns/promises|http|https|net)$",
    ),
    may("vault-imports-guard", "^src/vault/", "^src/(guard|vault)/"),
    packages("vault-uses-node-alone", "^src/vault/", "^(node:)?crypto$"),
    may("anchor-imports-guard", "^src/anchor/", "^src/(guard|ledger|anchor)/"),
    may("reports-import-words", "^src/reports/", "^src/(domain|guard|reports)/"),
    may("client-imports-domain", "^src/client/", "^src/(domain|client)/"),
    packages("client-uses-no-package", "^src/client/", "^$"),
    may("ledger-client-imports-ledger", "^src/ledger-client/", "^src/(ledger|ledger-client)/"),
    may("sandbox-stands-alone", "^src/sandbox/", "^src/(domain|phone|sandbox)/"),
    may(
      "http-imports-core",
      "^src/http/",
      "^src/(domain|phone|guard|ledger|content|rules|tabular|schema|http)/",
    ),
    may("console-imports-core", "^src/console/", "^src/(domain|guard|ledger|console)/"),
    may("workers-import-guard", "^src/workers/", "^src/(domain|guard|schema|workers)/"),
    may("schema-imports-domain", "^src/schema/", "^src/(domain|schema)/"),
    {
      name: "only-compose-joins",
      severity: "error",
      from: { path: pure },
      to: { path: "^src/(compose|config|index)\\.ts$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    exclude: { path: "\\.gen\\.ts$" },
  },
};
