#pragma once

/* Starts what `words` say, see run.c; returns only where that fails or is waited for. */
int Run(char** words);
