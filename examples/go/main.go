// The component in a Go program: the package is a component plugin for every Pulumi language.
//
// In your own project, write this file first: without an import, `pulumi package add` removes Pulumi from go.mod.
//
//	npm ci                                   (in the root of this repository, once)
//	pulumi package add ../..                 (generates its SDK in sdks, and adds it to go.mod)
//	go mod tidy
//	pulumi stack init dev
//	pulumi config set address 192.0.2.10
//	pulumi config set hostKey "$(ssh-keygen -F 192.0.2.10 | grep -o 'ssh-ed25519 .*')"
//	pulumi config set --secret privateKey <~/.ssh/deploy-key
//	pulumi config set authorizedKey "$(cat ~/.ssh/id_ed25519.pub)"
//	pulumi up
package main

// This address is only a name: go.mod points it to the folder sdks.
import (
	rootlessdocker "git.example/rootless-docker/rootless-docker/sdk/go/rootlessdocker"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() { pulumi.Run(program) }

func program(ctx *pulumi.Context) error {
	conf := config.New(ctx, "")
	web, err := rootlessdocker.NewRootlessDockerHost(ctx, "web", &rootlessdocker.RootlessDockerHostArgs{
		Connection: rootlessdocker.SshConnectionArgs{
			Host: pulumi.String(conf.Require("address")),
			// Cloud images do not let root log in: name their user, who has sudo without a password.
			// User: pulumi.String("admin"),
			PrivateKey: conf.RequireSecret("privateKey"),
			HostKey:    pulumi.String(conf.Require("hostKey")),
		},
		Account: rootlessdocker.AccountArgs{
			Name:           pulumi.String("app"),
			AuthorizedKeys: pulumi.StringArray{pulumi.String(conf.Require("authorizedKey"))},
		},
		RootfulDocker: rootlessdocker.RootfulDockerKeep,
		// On Ubuntu 22.04 and 24.04, Fedora and the RHEL family:
		// Engine: rootlessdocker.EngineArgs{Source: pulumi.String("docker-repository")},
		// Settings of daemon.json, as Docker spells them.
		Daemon: pulumi.Map{"log-driver": pulumi.String("local")},
	})
	if err != nil {
		return err
	}
	ctx.Export("dockerHost", web.DockerHost)
	return nil
}
