#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: Ubuntu 24.04, or 22.04.
set -euo pipefail
autograder=${AUTOGRADER:-/autograder}
# Neither below /root nor below /autograder: a submission runs as another user, who has to read it.
python_home=${PYTHON_HOME:-/opt/dojo}

# Ubuntu 22.04 calls 3.10 python3, which is too old.
python=python3
if grep -q '^VERSION_ID="22.04"' /etc/os-release; then
    python=python3.11
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends "$python" "$python-venv" bubblewrap git
umask 022
"$python" -m venv "$python_home"
"$python_home/bin/pip" install --no-cache-dir "$autograder/source/project"

# Without walls there is no grading: a build that fails is seen by the instructor alone.
cd "$autograder/source/project"
"$python_home/bin/python" - <<'END'
import sys
from dojo.grading import sandbox

level = sandbox.probe()
print("sandbox", level)
sys.exit("There are no walls for submissions to run in." if not level.number else 0)
END
