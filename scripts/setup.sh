# Sourced by the scripts beside it: finds a Python and makes .venv what the lock says.
#
# Needs bash (3.2 is enough) and a Python; no other program, no HOME, no root. Sets `root`, the checkout.

set -euo pipefail

# A PYTHONPATH or PYTHONHOME of the caller would mix other packages into .venv's.
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP

here=${BASH_SOURCE[0]%/*}
[[ $here == "${BASH_SOURCE[0]}" ]] && here=.
root=$(CDPATH='' cd -- "$here/.." && pwd -P)

say() {
    printf '%s\n' "$*" >&2
}

# Sets `python` to the first of $PYTHON, python3.11 … python3.14, python3 that is at least 3.11.
find_python() {
    local candidate version seen=''
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3.14 python3; do
        if ! command -v -- "$candidate" >/dev/null 2>&1; then
            [[ $candidate == "${PYTHON:-}" ]] && seen+="${seen:+, }$candidate (not there)"
            continue
        fi
        version=$("$candidate" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || {
            seen+="${seen:+, }$candidate (does not start)"
            continue
        }
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            python=$(command -v -- "$candidate")
            return 0
        fi
        seen+="${seen:+, }$candidate (is $version)"
    done
    say "Syncline needs Python 3.11 or newer; found: ${seen:-none}." \
        "Install python3.11 or a newer one, or set PYTHON to one that is installed elsewhere."
    return 1
}

# prepare        makes .venv for running Syncline
# prepare dev    the tools of the tests as well
prepare() {
    local arguments=() asked=()
    [[ ${1:-} == dev ]] && arguments+=(--dev)
    [[ -n ${PYTHON:-} ]] && asked+=(--asked "$PYTHON")
    # The quick way, under 0.1 s: .venv says itself that it is what the lock says.
    if [[ -x $root/.venv/bin/python ]] && "$root/.venv/bin/python" -I -S "$root/scripts/environment.py" check \
        ${arguments[@]+"${arguments[@]}"} ${asked[@]+"${asked[@]}"} 2>/dev/null; then
        return 0
    fi
    find_python || exit 1
    [[ -n ${PYTHON:-} ]] && asked=(--asked "$python")
    "$python" "$root/scripts/environment.py" make \
        ${arguments[@]+"${arguments[@]}"} ${asked[@]+"${asked[@]}"} || exit 1
}

# Every parked poll holds a socket: as many open files as we may have, up to 65,536.
raise_open_files() {
    local soft hard want=65536
    soft=$(ulimit -Sn) hard=$(ulimit -Hn)
    [[ $soft == unlimited ]] && return 0
    [[ $hard != unlimited ]] && ((hard < want)) && want=$hard
    ((soft >= want)) || ulimit -Sn "$want" 2>/dev/null || true
}
