/** What a proxy answers itself, whatever its routes are: of a service behind it such an answer says nothing. */
export const proxyPages = {
  /** While nginx runs. */
  live: '/livez',
  /** While nginx takes traffic. */
  ready: '/readyz',
  /** What the documents call the proxy's health. */
  health: '/health',
} as const;

/**
 * Paths of a proxy's own files that it never serves, whatever lies in its folder: what a tool left behind (.git, .env). An
 * expression, the same to nginx and to JavaScript. What the web's standards keep below `/.well-known/` is served.
 */
export const hiddenFiles = String.raw`/\.(?!well-known/)`;
