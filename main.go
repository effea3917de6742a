// Terraform-provider-savings stops and starts AWS databases on a schedule. This program is the
// provider; OpenTofu and Terraform start it.
package main

import (
	"flag"
	"fmt"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/spin-dd/terraform-provider-savings/provider"
)

// Version and commit are set by the release's linker flags.
var (
	version = "dev"
	commit  = "none"
)

const address = "registry.opentofu.org/spin-dd/savings"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger, and print how to attach")
	printVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *printVersion {
		fmt.Printf("terraform-provider-savings %s (%s)\n", version, commit)
		return
	}
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve(address, provider.NewServer(version), options...)
	if err != nil {
		log.Fatal(err)
	}
}
