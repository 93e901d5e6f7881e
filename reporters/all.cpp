#include "reporters/reporter.h"
