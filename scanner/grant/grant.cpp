#include "scanner/grant/grant.h"
