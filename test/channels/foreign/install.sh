#!/bin/sh
# The independent programs that judge our wire forms (Debian or Ubuntu, as root).
set -eu
export DEBIAN_FRONTEND=noninteractive
# Kannel's package would start a gateway with its default configuration: not here.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
trap 'rm -f /usr/sbin/policy-rc.d' EXIT
apt-get update
apt-get install -y --no-install-recommends kannel kannel-extras libnet-smpp-perl tshark
