package command

// docdbVerbs are the verbs of Amazon DocumentDB. Its clusters answer to the RDS API, stop for seven
// days at most, and need one running instance to be stopped (Amazon DocumentDB Developer Guide,
// "Stopping and starting an Amazon DocumentDB cluster").
func docdbVerbs() []Verb {
	return databaseVerbs("docdb", "cluster", "DocumentDB cluster", dbClusters("docdb", "docdb"))
}
