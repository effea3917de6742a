// Terraform-provider-savings stops and starts AWS databases on a schedule. This program is the
// provider; OpenTofu and Terraform start it.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/spin-dd/terraform-provider-savings/internal/buildinfo"
	"github.com/spin-dd/terraform-provider-savings/provider"
)

const address = "registry.opentofu.org/spin-dd/savings"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger, and print how to attach")
	printVersion := flag.Bool("version", false, "print version, commit and the digests of the runner inside, and exit")
	flag.Parse()
	if *printVersion {
		if err := buildinfo.Write(os.Stdout, "terraform-provider-savings"); err != nil {
			log.Fatal(err)
		}
		return
	}
	provider.CollectRarely()
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve(address, provider.NewServer(buildinfo.Version()), options...)
	if err != nil {
		log.Fatal(err)
	}
}
