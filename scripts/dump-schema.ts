import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";

/** Text of the schema as PostgreSQL understands it: the same for every server version from 14 on. */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const sections = [
      await section(client, "types", typesQuery),
      await section(client, "columns", columnsQuery),
      await section(client, "constraints", constraintsQuery),
      await section(client, "indexes", indexesQuery),
      await section(client, "triggers", triggersQuery),
      await section(client, "policies", policiesQuery),
    ];
    return `${sections.join("\n\n")}\n`;
  } finally {
    await client.end();
  }
}

async function section(client: pg.Client, title: string, query: string): Promise<string> {
  const { rows } = await client.query<{ line: string }>(query);
  return [`# ${title}`, ...rows.map((row) => row.line)].join("\n");
}

const inSchema = "= 'guard'::regnamespace";

const typesQuery = `
  select t.typname || ' enum (' || string_agg(e.enumlabel, ', ' order by e.enumsortorder) || ')' as line
  from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace ${inSchema}
  group by t.typname order by t.typname collate "C"`;

const columnsQuery = `
  select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || case a.attidentity when 'a' then ' generated always as identity' when 'd' then ' generated as identity' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
  from pg_attribute a join pg_class c on c.oid = a.attrelid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace ${inSchema} and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  order by c.relname collate "C", a.attnum`;

// PostgreSQL 18 lists not-null as constraints; the columns say it already.
const constraintsQuery = `
  select c.relname || ': ' || pg_get_constraintdef(k.oid) as line
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where c.relnamespace ${inSchema} and k.contype in ('p', 'u', 'f', 'c')
  order by c.relname collate "C", pg_get_constraintdef(k.oid) collate "C"`;

const indexesQuery = `
  select indexdef as line from pg_indexes where schemaname = 'guard' order by indexdef collate "C"`;

const triggersQuery = `
  select pg_get_triggerdef(t.oid) as line from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace ${inSchema} and not t.tgisinternal order by pg_get_triggerdef(t.oid) collate "C"`;

const policiesQuery = `
  select c.relname || case when c.relforcerowsecurity then ' forced' when c.relrowsecurity then ' enabled' else ' open' end
    || coalesce(string_agg(format(' [%s %s using (%s) check (%s)]', p.polname, p.polcmd,
         pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), '' order by p.polname), '') as line
  from pg_class c left join pg_policy p on p.polrelid = c.oid
  where c.relnamespace ${inSchema} and c.relkind = 'r'
  group by c.relname, c.relrowsecurity, c.relforcerowsecurity order by c.relname collate "C"`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , url, target] = process.argv;
  if (url === undefined || target === undefined) {
    console.error("usage: tsx scripts/dump-schema.ts <database URL> <file>");
    process.exitCode = 2;
  } else {
    writeFileSync(target, await dumpSchema(url));
  }
}
