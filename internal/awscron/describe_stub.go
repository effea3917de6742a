package awscron
func (c *Cron) Describe(Language) string {return ""}
func (c *Rate) Describe(Language) string {return ""}
func (c *At) Describe(Language) string {return ""}
