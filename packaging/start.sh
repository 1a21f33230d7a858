#!/bin/sh
# Sets everything up (once), then opens the window on the sample pipeline, or does what the arguments say:
#   sh packaging/start.sh run resources/samples/iris.pipeloom
set -u
. "$(dirname -- "$0")/environment.sh"

pipeloom_environment app
if [ $# -gt 0 ]; then
  case "$1" in
    components | validate | compile | show | set | run | submit | upload | import | export | -*) ;;
    *) qt_libraries ;; # the window and `render` draw
  esac
  exec "$python" -m editor "$@"
fi

qt_libraries
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; then
  say "everything is installed, but there is no display here to open the window on."
  say "This runs the sample pipeline without one:"
  say "  sh packaging/start.sh run resources/samples/iris.pipeloom"
  exit 0
fi
exec "$python" -m editor "$root/resources/samples/iris.pipeloom"
