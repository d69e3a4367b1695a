/** The role that the exporter of a PostgreSQL logs in as, and its Secret. */
export function monitorRole(store: string): { readonly name: string; readonly secret: string } {
  return { name: 'monitoring', secret: `${store}-monitoring` };
}
