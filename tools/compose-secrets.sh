#!/bin/sh
# Makes the secrets that compose.yaml and compose.postgres.yaml give to its containers, one file each, in ./secrets. What is there already stays as
# it is. Containers run as other users than this one, so the files can be read by all, and the folder by its owner alone.
set -eu
umask 077
folder=${1:-"$(dirname "$0")/../secrets"}
mkdir -p "$folder"
cd "$folder"
chmod 700 .
umask 022

# 64 characters, or the end: an empty password lets everybody in.
random() {
  text=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
  if [ ${#text} != 64 ]; then
    echo 'Random bytes could not be read: is od installed?' >&2
    return 1
  fi
  printf '%s' "$text"
}

for file in admin-password viewer-password hash-secret redis-operator-password database-password; do
  if [ ! -s "$file" ]; then
    secret=$(random)
    printf '%s\n' "$secret" > "$file"
  fi
done
[ -s database-url ] ||
  printf '%s\n' "postgres://backend_jobs:$(cat database-password)@postgres:5432/backend_jobs" > database-url
[ -s smtp-url ] || printf '%s\n' smtp://mailbox:1025 > smtp-url

# The service's password is in both files, so they are made together. Its rights are those of docs/redis.md, and it may
# see the settings and the workers. `health` is for the health check, and may ask whether Redis answers.
if [ ! -s redis-url ] || [ ! -s redis-users.acl ]; then
  password=$(random)
  printf '%s\n' "redis://backend-jobs:$password@redis:6379" > redis-url
  printf '%s\n' \
    'user default off' \
    'user health on nopass resetchannels -@all +ping' \
    "user operator on >$(cat redis-operator-password) ~* &* +@all" \
    "user backend-jobs on >$password ~{backend-jobs}* &{backend-jobs}* +@read +@write +@scripting +@transaction +@connection +@blocking -@dangerous +info +time +publish +subscribe +unsubscribe +config|get +client|list" \
    > redis-users.acl
fi
printf '%s\n' "The secrets are in $(pwd)"
