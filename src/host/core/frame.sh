#!/bin/sh
# The rootless-docker agent: makes this machine a rootless Docker host, and takes that back. One
# file, installed and removed by the Pulumi package rootless-docker, started over SSH, never left
# running.
#   agent install agent ID ESCALATION    itself, from the file that it is started from
#   agent apply STEP ID '' [AGENT_ID]    makes what the document on stdin wants (flat YAML)
#   agent update STEP ID '' [AGENT_ID]   the same, where Pulumi knows of the step already
#   agent revert STEP ID '' [AGENT_ID]   takes it back; the same document on stdin
#   agent revert agent ID '' end         for people: takes back all of an installation
#   agent check host ID ''               prints what is not as it was left; changes nothing
#   agent check new DOCUMENT [ESCALATION]   prints what preflight would find; changes nothing
# ESCALATION, also in place of '': auto, none, sudo, doas or password, the first line of stdin then.
# One JSON report goes to stdout, one line for each change or problem to stderr. The build adds
# code_of_step, steps_from_last and version_of_agent, and the text of each file that is no part of this
# shell as a variable.
set -eu
umask 022
# The file that this run was started from, before the change of directory.
case $0 in /*) AGENT=$0 ;; *) AGENT=$PWD/$0 ;; esac
cd /
SYSTEM_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH="$SYSTEM_PATH" LC_ALL=C DEBIAN_FRONTEND=noninteractive
# Variables of the login by which programs behave in another way, and one that is a secret here.
unset PERL5OPT PERL5LIB PERL5DB PERL_UNICODE PERLIO POSIXLY_CORRECT BLOCK_SIZE TMPDIR
unset SYSTEMD_LOG_LEVEL password

# All that the agent keeps on this machine, for root alone but for the agents themselves.
STATE=/var/lib/rootless-docker
VERB=${1-} STEP=${2-}
# The part of the step that messages name.
PART=$STEP
ID=${3-}
# The agent's records of this installation.
OWN=$STATE/installations/$ID
ESCALATION=${4-}
# Set by begin_step: not empty where the step's last run did not come to its end.
WAS_KILLED=
# Not empty while the daemon follows what another step has changed.
FOLLOWS=
# Pulumi's id of the agent's resource.
AGENT_ID=${5-}
# The directory of this run's notes, set by main; removed when the run ends.
WORK=
# The process that runs beside this run, set by run_beside.
BESIDE=
# Set by revert_agent: whether the run removes the agent at its end, "own" or "all".
AGENT_GOES=
TAB='	'
NEWLINE='
'
