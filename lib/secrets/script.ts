/**
 * Makes each missing Secret. POSIX sh, with what the helper image has: busybox, and curl. Its token may create Secrets and
 * nothing else, so it asks nothing: 409 says that a Secret exists, and that is fine. Values come from /dev/urandom and go
 * to curl through a pipe: they stand in no argument, no file and no message. The answer is asked for as metadata only, for
 * a 201 would repeat the values.
 *
 * Arguments: namespace, folder of recipes, folder of the ServiceAccount, folder of certificates, tries, first pause and
 * time-out of one request in seconds. The pause doubles after each try.
 */
export const bootstrapScript = `set -u
umask 077
namespace=$1 recipes=$2 account=$3 certificates=$4 tries=$5 pause=$6 timeout=$7
host=$KUBERNETES_SERVICE_HOST
case $host in *:*) host="[$host]" ;; esac
url="https://$host:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/$namespace/secrets?fieldManager=keelson"
answer=/tmp/answer.$$
made=0
kept=0

fail() {
  echo "bootstrap: $*" >&2
  exit 1
}

# Too few bytes would be a weak password, so their number is checked.
random_hex() {
  hex=$(head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \\n')
  [ "\${#hex}" -eq $(($1 * 2)) ] || fail "could not read $1 random bytes"
}

# A PEM file as the inside of a JSON string.
pem() {
  [ -s "$certificates/$1" ] || fail "$certificates/$1 is missing"
  while IFS= read -r part; do printf '%s\\\\n' "$part"; done <"$certificates/$1"
}

# A recipe is the Secret's JSON; a line that starts with @ stands for a value.
compose() {
  while IFS= read -r line; do
    case $line in
      '@hex '*) random_hex "\${line#@hex }" && printf '%s' "$hex" ;;
      '@pem '*) pem "\${line#@pem }" ;;
      *) printf '%s' "$line" ;;
    esac
  done <"$1"
}

post() {
  printf '%s' "$body" | curl --disable --silent --show-error --noproxy '*' --proto =https --cacert "$account/ca.crt" \\
    --connect-timeout 5 --max-time "$timeout" --output "$answer" --write-out '%{http_code}' \\
    --header 'Content-Type: application/json' \\
    --header 'Accept: application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' \\
    --data-binary @- --config /dev/fd/3 "$url" 3<<END
oauth2-bearer = "$token"
END
}

# What the API server says, without anything as long as a value.
message() {
  sed "s/\\\\\\\\\\"/'/g" "$answer" | grep -o '"message": *"[^"]*"' | head -n 1 | sed 's/[A-Za-z0-9+=]\\{24,\\}/[removed]/g'
}

make() {
  secret=$1 attempt=1 wait=$pause
  body=$(compose "$recipes/$secret.recipe") || exit 1
  while :; do
    # Read each time: the kubelet renews it.
    token=$(cat "$account/token") || fail "the pod has no ServiceAccount token"
    : >"$answer"
    code=$(post)
    status=$?
    case $status:$code in
      0:201)
        echo "made $secret"
        made=$((made + 1))
        return
        ;;
      0:409)
        # A quota under load answers 409 as well; only AlreadyExists says that the Secret is there.
        if grep -q '"AlreadyExists"' "$answer"; then
          echo "$secret exists already, left as it is"
          kept=$((kept + 1))
          return
        fi
        reason="a conflict (409)"
        ;;
      0:401) fail "the API server does not know the token (401): $(message)" ;;
      0:403) fail "not allowed to create $secret in $namespace (403): $(message)" ;;
      0:408 | 0:429 | 0:5??) reason="the API server answered $code" ;;
      0:*) fail "the API server refused $secret ($code): $(message)" ;;
      51:* | 60:* | 77:*) fail "the API server's certificate does not fit $account/ca.crt (curl $status)" ;;
      *) reason="no answer (curl $status)" ;;
    esac
    [ "$attempt" -lt "$tries" ] || fail "gave up on $secret after $tries tries: $reason"
    echo "$secret: $reason, again in $wait s" >&2
    sleep "$wait"
    attempt=$((attempt + 1)) wait=$((wait * 2))
  done
}

trap 'rm -f "$answer"' EXIT
for recipe in "$recipes"/*.recipe; do
  [ -f "$recipe" ] || fail "no recipe in $recipes"
  name=\${recipe##*/}
  make "\${name%.recipe}"
done
echo "$made made, $kept existed already"
`;

/**
 * Makes certificates, in an image that has openssl (the helper's has not): for each an authority of its own, which signs
 * this one and no other, for its key is thrown away. `tls.crt` has both, so that whoever trusts that file trusts the
 * server. Arguments: folder, days, then for each certificate its Secret's name and its subjectAltName, as
 * `name=DNS:a,DNS:b`.
 */
export const certificateScript = `set -eu
umask 077
folder=$1 days=$2
shift 2
command -v openssl >/dev/null || {
  echo "bootstrap: this image has no openssl to make a certificate with; use its Debian variant, or another secrets provider" >&2
  exit 1
}
quiet() {
  "$@" 2>"$folder/error" || {
    cat "$folder/error" >&2
    exit 1
  }
}
for item in "$@"; do
  name=\${item%%=*}
  mkdir -p "$folder/$name"
  cd "$folder/$name"
  quiet openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days "$days" \\
    -subj "/O=authority/CN=$name" -addext 'keyUsage=critical,keyCertSign' -keyout authority.key -out ca.crt
  quiet openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -keyout tls.key -out request
  {
    echo "subjectAltName=\${item#*=}"
    echo 'basicConstraints=critical,CA:FALSE'
    echo 'keyUsage=critical,digitalSignature'
    echo 'extendedKeyUsage=serverAuth'
  } >extensions
  quiet openssl x509 -req -in request -CA ca.crt -CAkey authority.key -days "$days" -extfile extensions \\
    -set_serial "0x$(openssl rand -hex 16)" -out tls.crt
  cat ca.crt >>tls.crt
  rm authority.key request extensions
done
`;
