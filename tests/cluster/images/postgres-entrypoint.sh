#!/bin/bash
# Makes a cluster at the first start, then becomes PostgreSQL. Runs as any user that owns PGDATA.
set -euo pipefail

if [ "${1:-postgres}" = postgres ] || [ "${1#-}" != "$1" ]; then
  [ "${1:-}" = postgres ] && shift
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  sockets=/var/run/postgresql
  [ -w "$sockets" ] || sockets=/tmp
  export PGHOST=$sockets
  mkdir -p "$PGDATA"
  # A volume's own folder belongs to root: initdb can't make it private.
  [ -O "$PGDATA" ] || export PGDATA=$PGDATA/pgdata
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    password=${POSTGRES_PASSWORD:-}
    [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || password=$(cat "$POSTGRES_PASSWORD_FILE")
    if [ -z "$password" ]; then
      echo 'Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE' >&2
      exit 1
    fi
    initdb -D "$PGDATA" -U "$user" -A scram-sha-256 --pwfile=<(printf '%s\n' "$password") --encoding=UTF8 --locale=C.UTF-8 --no-instructions
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    printf "listen_addresses = '*'\n" >>"$PGDATA/postgresql.conf"
    export PGPASSWORD=$password
    pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -c unix_socket_directories=$sockets" -w start
    query() { psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$user" "$@"; }
    [ "$database" = postgres ] || query -d postgres -c "create database \"$database\""
    for file in /docker-entrypoint-initdb.d/*; do
      case $file in
        *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
        *.sql) query -d "$database" -f "$file" ;;
      esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD
  fi
  unset POSTGRES_PASSWORD
  unset PGHOST
  exec postgres -D "$PGDATA" -c "unix_socket_directories=$sockets" "$@"
fi
exec "$@"
