# Prints what an interactive zsh offers when Tab is pressed behind each command
# line: its compadd says what it was handed.
#   zsh -f offers.zsh SCRIPT LINE...
[[ -n $ZSH_MODULES ]] && module_path=($ZSH_MODULES)
zmodload zsh/zpty || exit
inner=$(mktemp)
cat >$inner <<'INNER'
[[ -n $ZSH_MODULES ]] && module_path=($ZSH_MODULES)
setopt zle # only now, because it is a module itself
PROMPT= RPROMPT= PS2=
setopt no_beep
zstyle ':completion:*' menu no
zstyle ':completion:*' list-prompt ''
autoload -Uz compinit && compinit -u -D
source $SCRIPT
compadd() {
	local -a hits
	case "$*" in
	*-[OAD]*) builtin compadd "$@"; return ;;
	esac
	builtin compadd -A hits "$@"
	print -rl -- offers\ ${^hits}
	builtin compadd "$@"
}
finish() { zle complete-here; print -r -- 'that is all'; BUFFER= }
zle -C complete-here complete-word _main_complete
zle -N finish
bindkey '^I' finish
print -r -- 'ready now'
INNER
export SCRIPT=$1
zpty shell "${ZSH:-zsh} -f -i +Z"
zpty -w shell "source $inner"
while zpty -r shell answer; do [[ $answer == *'ready now'* ]] && break; done
for line in "${@[2,-1]}"; do
	print -r -- "at $line"
	zpty -w -n shell "$line"$'\t'
	while zpty -r shell answer; do
		[[ $answer == *'that is all'* ]] && break
		[[ $answer == *'offers '* ]] && print -r -- "${${answer##*offers }%%$'\r'*}"
	done
done
rm -f $inner
