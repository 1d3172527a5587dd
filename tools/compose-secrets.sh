#!/bin/sh
# Makes the secrets that compose.yaml gives to its containers, one file each, in ./secrets. What is there already stays as
# it is. Containers run as other users than this one, so the files can be read by all, and the folder by its owner alone.
set -eu
umask 077
folder=${1:-"$(dirname "$0")/../secrets"}
mkdir -p "$folder"
cd "$folder"
umask 022

random() {
  od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}

# keep <file> <content>
keep() {
  [ -s "$1" ] || printf '%s\n' "$2" > "$1"
}

keep admin-password "$(random)"
keep viewer-password "$(random)"
keep hash-secret "$(random)"
keep smtp-url smtp://mailbox:1025
keep redis-operator-password "$(random)"

# The service's password is in both files, so they are made together. Its rights are those of docs/redis.md, and it may
# see the settings and the workers. `health` is for the health check, and may ask whether Redis answers.
if [ ! -s redis-url ] || [ ! -s redis-users.acl ]; then
  password=$(random)
  printf '%s\n' "redis://backend-jobs:$password@redis:6379" > redis-url
  printf '%s\n' \
    'user default off' \
    'user health on nopass resetchannels -@all +ping' \
    "user operator on >$(cat redis-operator-password) ~* &* +@all" \
    "user backend-jobs on >$password ~{backend-jobs}* +@read +@write +@scripting +@transaction +@connection +@blocking -@dangerous +info +time +config|get +client|list" \
    > redis-users.acl
fi
printf '%s\n' "The secrets are in $(pwd)"
