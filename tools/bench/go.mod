module github.com/spin-dd/terraform-provider-savings/tools/bench

go 1.26.0

tool golang.org/x/perf/cmd/benchstat

require (
	github.com/adhocore/gronx v1.20.4
	github.com/hashicorp/cronexpr v1.1.3
	github.com/robfig/cron/v3 v3.0.1
	github.com/spin-dd/terraform-provider-savings v0.0.0
)

require (
	github.com/aclements/go-moremath v0.0.0-20210112150236-f10218a38794 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	golang.org/x/perf v0.0.0-20260908200009-22c9c6c9d4da // indirect
)

replace github.com/spin-dd/terraform-provider-savings => ../..
