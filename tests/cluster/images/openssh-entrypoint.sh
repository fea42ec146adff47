#!/bin/bash
# Makes host keys in /tmp/ssh, unless SSH_HOST_KEY_FILE names one, and becomes sshd.
set -euo pipefail

folder=/tmp/ssh
mkdir -p -m 755 "$folder"
key=${SSH_HOST_KEY_FILE:-$folder/host_key}
[ -e "$key" ] || ssh-keygen -q -t ed25519 -N '' -f "$key"
install -m 644 "${SSH_AUTHORIZED_KEYS_FILE:-/dev/null}" "$folder/authorized_keys"

options=(-o "HostKey=$key" -o "AuthorizedKeysFile=$folder/authorized_keys" -o 'Subsystem=sftp internal-sftp' -o 'AcceptEnv=LANG LC_*')
options+=(-o StrictModes=no -o PrintMotd=no -o X11Forwarding=no -o AllowTcpForwarding=yes -o "PidFile=$folder/sshd.pid")
if [ "$(id -u)" = 0 ]; then
  mkdir -p -m 755 /run/sshd
  password=${SSH_PASSWORD:-}
  [ -z "${SSH_PASSWORD_FILE:-}" ] || password=$(cat "$SSH_PASSWORD_FILE")
  [ -z "$password" ] || echo "demo:$password" | chpasswd
  exec /usr/sbin/sshd -D -e -f /dev/null -p "${SSH_PORT:-22}" "${options[@]}" "$@"
fi
exec /usr/sbin/sshd -D -e -f /dev/null -p "${SSH_PORT:-2222}" "${options[@]}" -o UsePAM=no -o PasswordAuthentication=no "$@"
