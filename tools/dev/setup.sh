# Installs what the lockfile names, unless that is here already. Nobody has to have pnpm.
cmp -s pnpm-lock.yaml node_modules/.pnpm/lock.yaml ||
  exec npx --yes --prefer-offline pnpm@12 install --frozen-lockfile
