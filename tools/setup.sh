# Installs what the lockfile names, unless that is here already. Nobody has to have pnpm: this is the one place that
# says which version of it the project uses. `npm install` runs this script as `prepare`, and so does pnpm itself.
set -e
case ${npm_config_user_agent:-} in
  pnpm*) ;;
  *)
    cmp -s pnpm-lock.yaml node_modules/.pnpm/lock.yaml ||
      npx --yes --prefer-offline pnpm@12.21.0 install --frozen-lockfile "$@"
    ;;
esac

# The commands that tools/dev installs are those of the whole project, so they stand where npm and npx look for them.
# The root has no dependencies of its own: npm would not leave what pnpm has put into node_modules as it is, unless its
# name starts with a dot.
commands=../tools/dev/node_modules/.bin
if [ -d "node_modules/$commands" ] && [ "$(readlink node_modules/.bin)" != "$commands" ]; then
  rm -rf node_modules/.bin
  ln -s "$commands" node_modules/.bin
fi
