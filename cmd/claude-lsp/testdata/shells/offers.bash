# Prints what bash offers at the end of each command line.
#   bash offers.bash SCRIPT LINE...
source "$1"
shift
function=$(complete -p claude-lsp | sed 's/.*-F \([^ ]*\).*/\1/')
for line; do
	echo "at $line"
	COMP_WORDS=($line)
	case $line in *' ') COMP_WORDS+=('') ;; esac
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	"$function" claude-lsp "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}"
done
