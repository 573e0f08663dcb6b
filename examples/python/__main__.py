"""The component in a Python program: the package is a component plugin for every Pulumi language.

    npm ci                                   (in the root of this repository, once)
    pulumi install
    pulumi package add ../..                 (generates its SDK in sdks, and adds it to requirements.txt)
    pulumi stack init dev
    pulumi config set address 192.0.2.10
    pulumi config set hostKey "$(ssh-keygen -F 192.0.2.10 | grep -o 'ssh-ed25519 .*')"
    pulumi config set --secret privateKey <~/.ssh/deploy-key
    pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
    pulumi up
"""

import pulumi
import pulumi_rootless_docker as rootless_docker

config = pulumi.Config()
web = rootless_docker.RootlessDockerHost(
    "web",
    connection=rootless_docker.SshConnectionArgs(
        host=config.require("address"),
        # Cloud images do not let root log in: name their user, who has sudo without a password.
        # user="admin",
        private_key=config.require_secret("privateKey"),
        host_key=config.require("hostKey"),
    ),
    account=rootless_docker.AccountArgs(
        name="app",
        authorized_keys=[config.require("authorizedKey")],
    ),
    # Or the string "keep".
    rootful_docker=rootless_docker.RootfulDocker.KEEP,
    # On Ubuntu 22.04 and 24.04, Fedora and the RHEL family:
    # engine=rootless_docker.EngineArgs(source="docker-repository"),
    # Settings of daemon.json, as Docker spells them. Only this package's own inputs are in snake_case.
    daemon={"log-driver": "local"},
)

pulumi.export("dockerHost", web.docker_host)
