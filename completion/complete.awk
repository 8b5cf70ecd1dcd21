# awk -v shell=bash|zsh|fish -v name=PROGRAM -f complete.awk: the help of a
# program in, its completion out. README.md says what is read.

function add_option(line,    words, count, i, token) {
	options++
	sub(/^ +/, "", line)
	if (line ~ /^-[A-Za-z], /) {
		letter[options] = substr(line, 2, 1)
		line = substr(line, 5)
	}
	long[options] = line
	sub(/ .*/, "", long[options])
	line = substr(line, length(long[options]) + 1)
	sub(/^--/, "", long[options])
	if (line ~ /^ [^ ]/) {
		token = substr(line, 2)
		sub(/ .*/, "", token)
		# A help that begins one blank behind the option is no value.
		if (token ~ /^[A-Z][A-Z]*([^a-z]|$)/ || token ~ /\|/) {
			value[options] = token
			line = substr(line, length(token) + 2)
		}
	}
	sub(/^ +/, "", line)
	text[options] = line
}

function trim_help(i) {
	repeated[i] = text[i] ~ /may be repeated|repeatable/
	sub(/ *\[\$[A-Z_]+\]$/, "", text[i])
	sub(/; (default|may be repeated|at most|unless given).*/, "", text[i])
}

# What an option's value is: "", file, words or text.
function kind(i) {
	if (value[i] == "") return ""
	if (value[i] ~ /^(FILE|PROGRAM)/) return "file"
	return value[i] ~ /\|/ ? "words" : "text"
}

function choices(i,    result) {
	result = value[i]
	gsub(/\|/, " ", result)
	return result
}

function quoted(string) {
	gsub(/'/, "'\\''", string)
	return "'" string "'"
}

/^  (    |-[A-Za-z], )?--[a-z]/ { add_option($0); open = 1; next }
/^(Usage:|usage:)/ { runs_command = / COMMAND( |$)/ }
/^[A-Z][a-z ]*:$/ { listing = !/^(Options|Exit status):$/; next }
/^ *$/ { open = 0; next }
open && /^               / {
	sub(/^ +/, "")
	if (listing) about[operands] = about[operands] " " $0
	else text[options] = text[options] (text[options] == "" ? "" : " ") $0
	next
}
listing && /^  [a-z][a-z-]*  / {
	operand[++operands] = $1
	sub(/^ *[^ ]+ +/, "")
	about[operands] = $0
	open = 1
}

END {
	for (i = 1; i <= options; i++)
		trim_help(i)
	function_name = name
	gsub(/-/, "_", function_name)
	if (shell == "bash") bash()
	else if (shell == "zsh") zsh()
	else fish()
}

# -------------------------------------------------------------------- bash

function bash(    i, all, files, texts, spelled, words) {
	for (i = 1; i <= options; i++) {
		spelled = "--" long[i] (letter[i] ? " -" letter[i] : "")
		all = all " " spelled
		gsub(/ /, " | ", spelled)
		if (kind(i) == "file") files = files " | " spelled
		if (kind(i) == "text") texts = texts " | " spelled
		if (kind(i) == "words")
			words = words "\t" spelled ") _" function_name "_words " \
			    quoted(choices(i)) " && return ;;\n"
	}
	print "# completion of " name " for bash, made from its --help"
	print "_" function_name "_words() {"
	print "\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$word\")\n}\n"
	print "_" function_name "() {"
	print "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}"
	print "\tCOMPREPLY=()"
	print "\t# --option=value are three words to bash."
	print "\tcase $word in '=') word='' ;; esac"
	print "\tcase $before in '=') before=${COMP_WORDS[COMP_CWORD - 2]} ;; esac"
	print "\tcase $before in"
	if (files)
		print "\t" substr(files, 4) ")\n\t\tcompopt -o filenames 2>/dev/null\n" \
		    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n\t\treturn\n\t\t;;"
	printf "%s", words
	if (texts)
		print "\t" substr(texts, 4) ") return ;;"
	print "\tesac"
	print "\tcase $word in"
	print "\t-*) _" function_name "_words " quoted(substr(all, 2)) " ;;"
	if (operands) {
		for (i = 1; i <= operands; i++)
			words = i == 1 ? operand[i] : words " " operand[i]
		print "\t*) _" function_name "_words " quoted(words) " ;;"
	}
	if (runs_command)
		print "\t*) mapfile -t COMPREPLY < <(compgen -c -- \"$word\") ;;"
	print "\tesac\n}"
	print "complete -F _" function_name " " name
}

# --------------------------------------------------------------------- zsh

function zsh_help(string) {
	gsub(/\[|\]|:|\\/, "\\\\&", string)
	return string
}

function zsh_value(i) {
	if (kind(i) == "file") return ":" value[i] ":_files"
	if (kind(i) == "words") return ":word:(" choices(i) ")"
	return ":" zsh_help(value[i]) ": "
}

function zsh(    i, once, spelled, tail) {
	print "#compdef " name
	print "# completion of " name " for zsh, made from its --help"
	printf "_arguments -s"
	for (i = 1; i <= options; i++) {
		tail = "[" zsh_help(text[i]) "]" (value[i] ? zsh_value(i) : "")
		once = letter[i] ? "(-" letter[i] " --" long[i] ")" : ""
		if (repeated[i]) once = "*"
		printf " \\\n\t%s", quoted(once "--" long[i] (value[i] ? "=" : "") tail)
		if (letter[i])
			printf " \\\n\t%s", quoted(once "-" letter[i] (value[i] ? "+" : "") tail)
	}
	if (operands) {
		printf " \\\n\t':what:(("
		for (i = 1; i <= operands; i++) {
			tail = about[i]
			gsub(/[^A-Za-z0-9,.-]/, "\\\\&", tail)
			printf "%s%s\\:%s", i == 1 ? "" : " ", operand[i], tail
		}
		printf "))'"
	}
	if (runs_command)
		printf " \\\n\t'*::command:_normal'"
	print ""
}

# -------------------------------------------------------------------- fish

function fish_quoted(string) {
	gsub(/\\/, "\\\\", string)
	gsub(/'/, "\\'", string)
	return "'" string "'"
}

function fish(    i, all) {
	print "# completion of " name " for fish, made from its --help"
	print "complete -c " name " -f"
	for (i = 1; i <= options; i++) {
		printf "complete -c %s%s -l %s", name, \
		    letter[i] ? " -s " letter[i] : "", long[i]
		if (kind(i) == "file") printf " -r -F"
		if (kind(i) == "text") printf " -x"
		if (kind(i) == "words") printf " -x -a '%s'", choices(i)
		print " -d " fish_quoted(text[i])
	}
	for (i = 1; i <= operands; i++)
		all = all " " operand[i]
	for (i = 1; i <= operands; i++)
		print "complete -c " name " -n 'not __fish_seen_subcommand_from" all \
		    "' -a " operand[i] " -d " fish_quoted(about[i])
	if (runs_command)
		print "complete -c " name " -a '(__fish_complete_subcommand)'"
}
