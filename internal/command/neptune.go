package command

// neptuneVerbs are the verbs of Amazon Neptune. Its clusters answer to the RDS API, and stop for
// seven days at most (Amazon Neptune User Guide, "Stopping and starting an Amazon Neptune DB
// cluster").
func neptuneVerbs() []Verb {
	return databaseVerbs("neptune", "cluster", "Neptune cluster", dbClusters("neptune", "neptune"))
}
