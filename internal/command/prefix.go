package command

// CheckPrefix checks the first words of an argument list whose rest is not known yet. Its error is
// a *UsageError: one that no rest could mend.
func CheckPrefix(args []string) error {
	for i, arg := range args {
		if err := checkText(i, arg); err != nil {
			return err
		}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := parseVerb(args)
	if usage, ok := err.(*UsageError); ok && usage.Index >= 0 { //nolint:errorlint // parseVerb wraps nothing
		return err
	}
	return nil
}
