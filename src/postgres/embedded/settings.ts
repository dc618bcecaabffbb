/**
 * How the embedded server runs: durable, on a small machine, reachable only through its socket, and with
 * nothing of the data in its log.
 */
export function serverSettings(
  runFolder: string,
  overrides: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    max_connections: "100",
    shared_buffers: "128MB",
    max_wal_size: "512MB",
    // A parallel query wants shared memory that a container has little of, for cores that are not there.
    max_parallel_workers_per_gather: "0",
    max_parallel_maintenance_workers: "0",
    timezone: "UTC",
    log_timezone: "UTC",
    // Statements, parameters and the details of a violated constraint hold personal data.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_parameter_max_length_on_error: "0",
    ...overrides,
    listen_addresses: "",
    port: "5432",
    // Quoted, as a comma in the path would make two folders of it.
    unix_socket_directories: `"${runFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
  };
}

/** An address that pg and libpq read alike; host and port are spelt out against PGHOST and PGPORT. */
export function connectionStringFor(runFolder: string): string {
  return `postgresql://postgres@localhost:5432/postgres?host=${encodeURIComponent(runFolder)}&sslmode=disable`;
}
