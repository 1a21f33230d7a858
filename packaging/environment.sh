# Makes the project's own environment in .venv; sourced by start.sh and test.sh. POSIX sh.
#
# pipeloom_environment GROUP...   GROUP: "app" or "test"; leaves $venv and $python set, or exits with a message.
# Nothing is done when nothing has changed: a stamp holds the checksum of what the environment was made from.

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv="$root/.venv"
python="$venv/bin/python"

say() { printf '%s\n' "pipeloom: $*" >&2; }
fail() { say "$*"; exit 1; }

find_python() {
  for candidate in "${PIPELOOM_PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$candidate" ] || continue
    command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
      printf '%s' "$candidate"
      return 0
    fi
  done
  return 1
}

checksum_of() { # the files and words that an environment depends on
  { cat "$root/pyproject.toml" "$root/packaging/requirements-$1.txt"; printf '%s' "$root"; } | cksum
}

pipeloom_environment() {
  group=$1
  stamp="$venv/pipeloom-$group.stamp"
  wanted=$(checksum_of "$group")
  if [ -x "$python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    return 0
  fi
  base=$(find_python) || fail "needs Python 3.11, 3.12 or 3.13. Install one (Debian: apt-get install python3 python3-pip), or name it: PIPELOOM_PYTHON=/path/to/python3.11"
  if ! [ -x "$python" ] || ! "$python" -c pass 2>/dev/null; then
    say "making the environment in .venv with $base"
    rm -rf "$venv"
    # Without pip: Debian keeps ensurepip in a package of its own, and pip can install into another environment.
    "$base" -m venv --without-pip "$venv" || fail "could not make an environment in $venv"
  fi
  "$base" -m pip --version >/dev/null 2>&1 || fail "$base has no pip. Install it (Debian: apt-get install python3-pip)."
  say "installing what is missing (once; a few minutes at most)"
  "$base" -m pip --python "$python" install --quiet --disable-pip-version-check \
    --requirement "$root/packaging/requirements-$group.txt" || fail "could not install the packages named in packaging/requirements-$group.txt (is a package index reachable?)"
  "$base" -m pip --python "$python" install --quiet --disable-pip-version-check --no-deps --editable "$root" \
    || fail "could not install pipeloom itself into $venv"
  printf '%s' "$wanted" >"$stamp"
}

# system_packages TEST PACKAGE...   installs Debian packages with apt where it may, unless TEST already holds;
# else prints the one line to run and returns 1.
system_packages() {
  check=$1
  shift
  if sh -c "$check" >/dev/null 2>&1; then return 0; fi
  if ! command -v apt-get >/dev/null 2>&1; then
    say "these system libraries are missing (Debian's names): $*"
    return 1
  fi
  if [ "$(id -u)" = 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
  else
    say "some system libraries are missing. Run this once:"
    say "  sudo apt-get install --no-install-recommends $*"
    return 1
  fi
  say "installing system libraries: $*"
  if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1; then
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || {
      say "apt could not install them. Run this once:"
      say "  sudo apt-get install --no-install-recommends $*"
      return 1
    }
  fi
}

qt_libraries() {
  done_stamp="$venv/pipeloom-qt.stamp"
  [ -f "$done_stamp" ] && return 0
  [ "$(uname -s)" = Linux ] || return 0
  plugins=$("$python" -c 'import PySide6, pathlib; print(pathlib.Path(PySide6.__file__).parent / "Qt/plugins/platforms")' 2>/dev/null)
  # The window needs the xcb plugin, whose libraries import of Qt alone does not ask for.
  system_packages "QT_QPA_PLATFORM=offscreen '$python' -c 'import PySide6.QtWidgets, PySide6.QtSvg' && ! ldd '$plugins/libqxcb.so' | grep -q 'not found' && fc-list | grep -q ." \
    libegl1 libgl1 libopengl0 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0 \
    libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 \
    libxcb-xkb1 fontconfig fonts-inter fonts-dejavu-core && : >"$done_stamp"
}
