# Shell functions for the README's story; source it in bash while `make run` runs:  . examples/story.sh
# Needs curl and python3. COPARTNER_DATA names the data directory, `.copartner` unless set.

_copartner_url=${COPARTNER_URL:-http://127.0.0.1:${PORT:-8080}}
_copartner_cast=${COPARTNER_DATA:-.copartner}/passwords.json

# as USER: sign in; the following requests, and the commands of copartner, are made by that user.
as() {
  local password tenant
  read -r tenant password < <(python3 - "$_copartner_cast" "$1" <<'PY'
import json, sys
for tenant in json.load(open(sys.argv[1])):
    for user in tenant["users"]:
        if user["user_principal_name"] == sys.argv[2]:
            print(tenant["tenant_id"], user["password"])
PY
  )
  [ -n "$password" ] || { echo "nobody here is called $1" >&2; return 1; }
  _copartner_token=$(curl -sS "$_copartner_url/$tenant/oauth2/token" -d grant_type=password \
    --data-urlencode "username=$1" --data-urlencode "password=$password" | pick access_token)
  export COPARTNER_TOKEN=$_copartner_token COPARTNER_URL=$_copartner_url
}

# pick a.0.b: one value out of the JSON on standard input.
pick() {
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for part in sys.argv[1].split("."):
    value = value[int(part)] if isinstance(value, list) else value[part]
print(value if isinstance(value, str) else json.dumps(value))' "$1"
}

_copartner() {
  curl -sS -X "$1" -H "Authorization: Bearer $_copartner_token" "${@:3}" "$_copartner_url$2"
}

# get PATH, post PATH [JSON], patch PATH JSON: the answer as the server gives it.
get() { _copartner GET "$1"; }
post() { _copartner POST "$1" -H 'Content-Type: application/json' -d "${2:-}"; }
patch() { _copartner PATCH "$1" -H 'Content-Type: application/json' -d "$2"; }

# show: pretty-print the JSON on standard input.
show() { python3 -m json.tool --no-ensure-ascii; }
