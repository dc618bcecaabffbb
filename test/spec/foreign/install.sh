#!/bin/sh
# The model checker that judges spec/ (Debian or Ubuntu, as root).
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends spin gcc libc6-dev
