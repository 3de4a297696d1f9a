# SPDX-License-Identifier: MIT
# zsh -f complete.zsh FOLDER LINE: what an interactive zsh makes of LINE and a tab, with FOLDER/_tmm its completion of tmm.
zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell "PS1=; PS2=; TERM=dumb; unsetopt zle_bracketed_paste 2>/dev/null; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -D -u; stty columns 200; LISTMAX=1000; print ready-now"
zpty -r -m shell text '*ready-now*ready-now*'
# The line, a tab, and at the end of what is then there a mark to read up to.
zpty -w -n shell "$2"$'\t'
zpty -w -n shell "end-mark"
zpty -r -m shell text '*end-mark*'
print -r -- "$text"
zpty -d shell
