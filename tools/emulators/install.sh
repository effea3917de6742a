#!/bin/sh
# Installs the emulators into .local/python and leaves .local/bin/python, which runs Python with
# them. Makes a virtual environment, or, where Python cannot (Debian without python3-venv), a
# plain folder of packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
local=$(cd "$here/../.." && pwd)/.local
python=${PYTHON:-python3}

fail() {
	echo "make: $1" >&2
	exit 1
}

command -v "$python" >/dev/null || fail "Python 3.10 or newer is needed for the local emulators; install python3."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
	fail "Python 3.10 or newer is needed for the local emulators; $python is older. Set PYTHON=/path/to/python3.10."
# The program itself, not a launcher that chooses one by the folder or the home that it is run in.
python=$("$python" -c 'import sys; print(sys.executable)')

rm -rf "$local/python"
mkdir -p "$local/bin"
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
	"$python" -m venv "$local/python"
	pip="$local/python/bin/python"
	set --
	# shellcheck disable=SC2016 # for the script below
	run='exec "$local/python/bin/python" "$@"'
elif "$python" -m pip --version >/dev/null 2>&1; then
	pip=$python
	set -- --target "$local/python"
	run="PYTHONPATH=\$local/python exec $python \"\$@\""
else
	fail "Python has neither ensurepip nor pip; install python3-venv or python3-pip."
fi
PIP_ROOT_USER_ACTION=ignore "$pip" -m pip install --quiet --disable-pip-version-check --no-input "$@" \
	-r "$here/requirements.txt" -c "$here/constraints.txt" ||
	fail "the emulators could not be installed; is PyPI reachable?"

cat >"$local/bin/python" <<EOF
#!/bin/sh
# Written by tools/emulators/install.sh.
local=\$(cd "\$(dirname "\$0")/.." && pwd)
$run
EOF
chmod +x "$local/bin/python"
