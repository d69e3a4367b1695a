import { configFolder, placeholder, templateFolder } from './layout';

/**
 * Fills in what only the pod knows, from /etc/resolv.conf, and becomes nginx. nginx' resolver neither reads that file nor
 * knows search domains, and a cluster's DNS address and domain are no facts of an environment's file.
 * Arguments, for tests: the templates' folder, the configuration's folder, the resolver's file.
 */
export const startScript = `#!/bin/sh
set -eu

templates=\${1:-${templateFolder}}
config=\${2:-${configFolder}}
resolv_conf=\${3:-/etc/resolv.conf}

resolvers=
domain=cluster.local
while read -r keyword values || [ -n "$keyword" ]; do
  case $keyword in
    nameserver)
      address=\${values%%[%[:space:]]*}
      case $address in *:*) address="[$address]" ;; esac
      resolvers="$resolvers $address"
      ;;
    search)
      for entry in $values; do
        case $entry in svc.*) domain=\${entry#svc.} && domain=\${domain%.} ;; esac
      done
      ;;
  esac
done <"$resolv_conf"
if [ -z "$resolvers" ]; then
  echo "$resolv_conf names no nameserver: the upstreams cannot be found" >&2
  exit 1
fi

ipv6='#'
if [ -e /proc/net/if_inet6 ]; then ipv6=; fi

modules=$(nginx -V 2>&1 | sed -n 's|.*--modules-path=\\([^ ]*\\).*|\\1|p')
brotli='#'
if [ -e "$modules/ngx_http_brotli_static_module.so" ]; then brotli=; fi

mkdir -p "$config"
for template in "$templates"/*.conf; do
  # A long file comes in parts: servers.conf, servers.conf.01, …
  set -- "$template"
  for part in "$template".*; do
    if [ -e "$part" ]; then set -- "$@" "$part"; fi
  done
  sed -e "s|${placeholder.resolvers}|$resolvers|" -e "s|${placeholder.clusterDomain}|$domain|" \\
    -e "s|${placeholder.ipv6}|$ipv6|" -e "s|${placeholder.brotli}|$brotli|" -e "s|${placeholder.modules}|$modules|" \\
    "$@" >"$config/\${template##*/}"
  if [ -n "$brotli" ] && grep -q '${placeholder.brotli}' "$@"; then
    echo "this image has no Brotli module: precompressed .gz files are served, .br files are not" >&2
  fi
done

exec nginx -e stderr -c "$config/nginx.conf"
`;
