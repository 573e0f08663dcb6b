#!/bin/sh
# shellcheck shell=dash
# The rootless-docker agent: applies, claims, reports and reverts what makes this machine a rootless
# Docker host. One file, installed and removed by the Pulumi package rootless-docker; started only
# over SSH, never left running. Usage:
#   agent install agent LEASE [ESCALATION]  (itself, from the file it is started from)
#   agent apply STEP LEASE '' [AGENT_ID]    desired state of the step on stdin (flat YAML)
#   agent update STEP LEASE '' [AGENT_ID]   the same, for install too, where Pulumi knows of the step
#   agent revert STEP LEASE '' [AGENT_ID]   the same document on stdin
#   agent revert agent LEASE '' end         for people: all that is there, whatever Pulumi has replaced
#   agent check host LEASE                  for previews: what is not as it was left; changes nothing
#   agent check new DOCUMENT [ESCALATION]   the same for a machine that has nothing of it, by preflight's document
#   agent doctor [--json | --problems] [ACCOUNT]...     for people: what is wrong here
# One JSON report on stdout, one line per change or problem on stderr.
set -eu
umask 022
# The file that this run was started from, for whoever starts it again after the change of
# directory.
case $0 in /*) AGENT=$0 ;; *) AGENT=$PWD/$0 ;; esac
cd /
export LC_ALL=C
SYSTEM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH="$SYSTEM_PATH"
export DEBIAN_FRONTEND=noninteractive
# By these of a login's, perl, find(1), systemctl and others read and print something else, or somewhere else.
unset PERL5OPT PERL5LIB PERL5DB PERL_UNICODE PERLIO POSIXLY_CORRECT BLOCK_SIZE SYSTEMD_LOG_LEVEL TMPDIR

STATE=/var/lib/rootless-docker
VERB=${1-}
STEP=${2-}
LEASE=${3-}
ESCALATION=${4-}
# Pulumi's id of the agent's resource, which the command of a step depends on. An agent of version 0.2.0 or before takes
# a fourth word for the way to become root.
AGENT_ID=${5-}
SELF=$(id -u)

# What the agent did and found in this run; removed when it ends.
WORK=

# Not empty where the agent itself is removed at the end of this run.
AGENT_GOES=
