#!/bin/sh
# The same environment plus the test tools; then lint, types, import rules and all tests.
#   sh packaging/test.sh            everything
#   sh packaging/test.sh -m "not slow"    arguments go to pytest
set -u
. "$(dirname -- "$0")/environment.sh"
cd "$root" || exit 1

pipeloom_environment test
qt_libraries || exit 1
# The few tests of a real window start Xvfb themselves; without it they are skipped, and say so.
system_packages "command -v Xvfb && command -v xdotool && command -v openbox && command -v import" \
  xvfb openbox xdotool imagemagick x11-utils || say "the tests of a real window will be skipped"

failed=0
step() {
  say "$1"
  shift
  "$@" || { failed=1; say "FAILED: $*"; }
}
step "lint" "$venv/bin/ruff" check .
step "format" "$venv/bin/ruff" format --check .
step "types" "$venv/bin/basedpyright"
step "import rules" "$venv/bin/lint-imports"
QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}" step "tests" "$python" -m pytest -q "$@"
exit "$failed"
