package suggest

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	verbs := []string{"start-cluster", "stop-cluster", "start-instance", "stop-instance"}
	days := []string{"SUNDAY", "MONDAY", "TUESDAY"}
	tests := []struct {
		name, word string
		from       []string
		want       string
	}{
		{"changed letter", "stoo-cluster", verbs, "stop-cluster"},
		{"left-out letter", "start-custer", verbs, "start-cluster"},
		{"added letter", "stop-instances", verbs, "stop-instance"},
		{"swapped letters", "stpo-cluster", verbs, "stop-cluster"},
		{"swapped letters count once in a short word", "ua", []string{"au"}, "au"},
		{"other case", "STOP-CLUSTER", verbs, "stop-cluster"},
		{"the word itself", "stop-cluster", verbs, "stop-cluster"},
		{"nearest, not first", "SUNDAYY", []string{"MONDAY", "SUNDAY"}, "SUNDAY"},
		{"first of equals", "bat", []string{"cat", "rat"}, "cat"},
		{"short word, one edit", "MNDAY", days, "MONDAY"},
		{"nothing near", "reboot", verbs, ""},
		{"two edits are too many for a short word", "ab", []string{"cd"}, ""},
		{"one word empty", "", verbs, ""},
		{"no words", "stop", nil, ""},
		{"letters beyond ASCII", "Asia/Tōkyō", []string{"Asia/Tokyo"}, "Asia/Tokyo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := Nearest(tt.word, tt.from); got != tt.want {
				t.Errorf("Nearest(%q, %q) = %q, want %q", tt.word, tt.from, got, tt.want)
			}
		})
	}
}
func TestDistance(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3}, // a swapped pair is not edited again
		{"abcd", "acbd", 1},
		{"abcdef", "abcdef", 0},
		{"rd\u0455", "rds", 1}, // a Cyrillic letter has two bytes
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b, 10); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if tt.want > 0 {
			if got := distance(tt.a, tt.b, tt.want-1); got != tt.want {
				t.Errorf("distance(%q, %q) with limit %d = %d, want limit+1",
					tt.a, tt.b, tt.want-1, got)
			}
		}
	}
}
