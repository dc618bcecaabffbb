#!/bin/sh
# Installs the Go toolchain and golang.org/x/mod for test/ledger/foreign-verifiers.test.ts (Debian, Ubuntu).
set -eu
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
$sudo apt-get update -qq
$sudo apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends golang-go golang-golang-x-mod-dev
go version
