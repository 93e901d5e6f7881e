#include "scanner/discover/discover.h"
