#!/bin/sh
# Installs promtool (in Debian's package prometheus) for test/ops/alerts.test.ts. The server itself is not started.
set -eu
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo apt-get update -qq
$sudo env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
  apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends prometheus
promtool --version
