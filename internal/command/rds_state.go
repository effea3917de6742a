package command

import "slices"

// step is what a database's state asks for next.
type step int

const (
	stepAct     step = iota // start it, or stop it
	stepArrived             // it is there
	stepMoving              // it is on its way there
	stepBusy                // AWS refuses until it is done with something else
	stepBroken              // it will not come back by itself
)

const (
	stateAvailable = "available"
	stateStarting  = "starting"
	stateStopped   = "stopped"
	stateStopping  = "stopping"
)

// busyStates are the states of a database that is up, or coming up, and does something that ends by
// itself (Amazon RDS User Guide, "Viewing Amazon RDS DB instance status"; Amazon Aurora User Guide,
// "Viewing DB cluster status"; the last line is seen in AWS's answers and not in its tables).
var busyStates = []string{
	"backing-up", "backtracking", "configuring-enhanced-monitoring",
	"configuring-iam-database-auth", "configuring-log-exports", "converting-to-vpc", "creating",
	"failing-over", "maintenance", "migrating", "modifying", "moving-to-vpc", "promoting",
	"rebooting", "renaming", "resetting-master-credentials", "storage-config-upgrade",
	"storage-initialization", "storage-optimization", "update-iam-db-auth", "upgrading",
	"preparing-data-migration", "scaling-capacity", "scaling-compute", "scaling-storage",
}

// brokenStates need a person, or mean that the database is going away (the same pages).
var brokenStates = []string{
	"cloning-failed", "delete-precheck", "deleting", "failed", "inaccessible-encryption-credentials",
	"inaccessible-encryption-credentials-recoverable", "incompatible-create",
	"incompatible-network", "incompatible-option-group", "incompatible-parameters",
	"incompatible-restore", "insufficient-capacity", "migration-failed", "restore-error",
	"storage-full",
}

// startableStates are the states besides stopped that a start is accepted in (the text of the error
// with which AWS refuses a StartDBInstance in any other).
var startableStates = []string{
	"inaccessible-encryption-credentials-recoverable", "incompatible-network",
}

// nextStep tells what to do with a database in this state. A state that no page of AWS names is
// taken for busy, so it is looked at again while time is left.
func nextStep(effect Effect, state string) step {
	here, moving, other := stateStopped, stateStopping, stateAvailable
	if effect == Start {
		here, moving, other = stateAvailable, stateStarting, stateStopped
	}
	switch {
	case state == here:
		return stepArrived
	case state == moving:
		return stepMoving
	case state == other, effect == Start && slices.Contains(startableStates, state):
		return stepAct
	case slices.Contains(brokenStates, state):
		return stepBroken
	case effect == Start && slices.Contains(busyStates, state):
		return stepMoving
	}
	return stepBusy
}
